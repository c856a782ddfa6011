import module from 'node:module';
import { commandLine } from './command-line.ts';
import { endNow } from './end-now.ts';
import { thisHost } from './host.ts';
import { surviveClosedPipes } from './screen/output.ts';

// Node 22.8 and later keep the compiled code between runs.
module.enableCompileCache?.();

const host = thisHost();
surviveClosedPipes(host.output);
// After an interruption, a request may still wait for a silent server, which would keep the process alive.
endNow(await commandLine(host));
