import { types } from 'node:util';
import { TestEnvironment } from 'jest-environment-node';

const kinds = ['AggregateError', 'Error', 'RangeError', 'SyntaxError', 'TypeError'] as const;

const isInstance = Function.prototype[Symbol.hasInstance];

/**
 * Jest's environment for Node, in which Node's own errors are errors. Jest loads what is tested into a realm with an
 * `Error` of its own, and what Node's modules throw (`ENOENT`) comes from outside: `instanceof Error` would be false,
 * which it never is where the code runs in earnest.
 */
export default class NodeEnvironment extends TestEnvironment {
  constructor(...given: ConstructorParameters<typeof TestEnvironment>) {
    super(...given);
    for (const kind of kinds) {
      const inside = this.global[kind];
      const outside = globalThis[kind];
      Object.defineProperty(inside, Symbol.hasInstance, {
        // The classes that extend it inherit this, and have no instances outside.
        value(this: unknown, value: unknown) {
          if (isInstance.call(this, value)) return true;
          return this === inside && types.isNativeError(value) && isInstance.call(outside, value);
        },
      });
    }
  }
}
