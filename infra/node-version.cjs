// cdk.json loads this before app.ts, which an older Node cannot even parse. `npx cdk` uses the repository's own Node, but
// another `cdk` uses the one on the PATH.
const { node } = process.versions;
const [major, minor] = node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `The stack is made with Node 22.18 or later, and this is Node ${node} (${process.execPath}). Call npx cdk in the folder of the repository, which brings its own.\n`,
  );
  process.exit(1);
}
