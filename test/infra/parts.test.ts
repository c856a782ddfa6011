/**
 * The parts of the stack. Each part has a file of its own in parts/. They are one test file for jest, because every test
 * file has to load the CDK for itself, and because most of them look at the same template.
 */
import './parts/alarms.ts';
import './parts/alerts-topic.ts';
import './parts/configuration.ts';
import './parts/construct.ts';
import './parts/dashboard.ts';
import './parts/deployment-mistakes.ts';
import './parts/docs.ts';
import './parts/functions.ts';
import './parts/guard.ts';
import './parts/instances.ts';
import './parts/ledger-bucket.ts';
import './parts/nag.ts';
import './parts/outputs.ts';
import './parts/permissions.ts';
import './parts/retained.ts';
import './parts/schedules.ts';
import './parts/state-machine.ts';
import './parts/two-machines.ts';
import './parts/versions.ts';
import './parts/wake-up.ts';
import './parts/watchdog.ts';
