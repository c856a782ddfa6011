import { storeContract } from './ledger/store-contract.ts';
import { memoryStore } from './memory-store.ts';

storeContract('memoryStore', async () => memoryStore());
