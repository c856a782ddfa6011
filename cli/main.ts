import module from 'node:module';
import { commandLine } from './command-line.ts';
import { endNow } from './end-now.ts';
import { thisHost } from './host.ts';
import { surviveClosedPipes } from './screen/output.ts';

// Compiled code is kept between runs, where this Node can (22.8 and later).
module.enableCompileCache?.();

const host = thisHost();
surviveClosedPipes(host.output);
// At once: after an interruption a request may still wait for the answer of a server that is silent.
endNow(await commandLine(host));
