import { storeContract } from './ledger/store-contract.ts';
import { memoryStore } from './memory-store.ts';

storeContract('memoryStore', async () => memoryStore(), {
  makeOlder: async (store, key, seconds) => store.makeOlder(key, seconds),
});
