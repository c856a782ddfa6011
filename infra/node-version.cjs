// Loaded before app.ts, which an older Node cannot even read. `npx cdk` takes the repository's own Node; a `cdk` from
// elsewhere takes what is on the PATH.
const { node } = process.versions;
const [major, minor] = node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `The stack is made with Node 22.18 or later, and this is Node ${node} (${process.execPath}). Call npx cdk in the folder of the repository, which brings its own.\n`,
  );
  process.exit(1);
}
