// A bundle then contains this one of the algorithms of hash-wasm, each of which carries its own binary.
export { createCRC32 } from 'hash-wasm';
