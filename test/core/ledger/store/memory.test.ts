import { memoryStore } from '../../memory-store.ts';
import { storeContract } from './contract.ts';

storeContract('memoryStore', async () => memoryStore(), {
  makeOlder: async (store, key, seconds) => store.makeOlder(key, seconds),
});
