import { types } from 'node:util';
import { TestEnvironment } from 'jest-environment-node';

const kinds = ['AggregateError', 'Error', 'RangeError', 'SyntaxError', 'TypeError'] as const;

const isInstance = Function.prototype[Symbol.hasInstance];

/**
 * Jest's environment for Node, in which `instanceof Error` is true for the errors of Node's own modules, such as
 * ENOENT. Jest loads the code into a realm with an `Error` of its own, so that it would be false, which it never is
 * outside of tests.
 */
export default class NodeEnvironment extends TestEnvironment {
  constructor(...given: ConstructorParameters<typeof TestEnvironment>) {
    super(...given);
    for (const kind of kinds) {
      const inside = this.global[kind];
      const outside = globalThis[kind];
      Object.defineProperty(inside, Symbol.hasInstance, {
        // Subclasses inherit this, and have no instances outside of the realm.
        value(this: unknown, value: unknown) {
          if (isInstance.call(this, value)) return true;
          return this === inside && types.isNativeError(value) && isInstance.call(outside, value);
        },
      });
    }
  }
}
