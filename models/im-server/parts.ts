/**
 * The parts of an IM Server that may be exchanged one by one: by someone who tries another one of them, and by the saboteurs
 * (`models/saboteurs`), which plant a bug in one part and leave the rest as it is.
 */
import type { ImServerConfig } from './config.js';
import { DeferredAccess } from './deferred-access.js';
import { HeaderPolicy } from './store/header-policy.js';
import { MetadataKeeper } from './metadata/metadata.js';
import { Push } from './push/push.js';
import { DeferredStore } from './store/store.js';

/** Each makes its part; called once, while the server is built. */
export interface ImServerParts {
  policy(config: ImServerConfig): HeaderPolicy;
  store(...args: ConstructorParameters<typeof DeferredStore>): DeferredStore;
  metadata(...args: ConstructorParameters<typeof MetadataKeeper>): MetadataKeeper;
  push(...args: ConstructorParameters<typeof Push>): Push;
  access(...args: ConstructorParameters<typeof DeferredAccess>): DeferredAccess;
}

export const BUILT_IN_PARTS: ImServerParts = {
  policy: ({ headers }) => new HeaderPolicy(headers),
  store: (...args) => new DeferredStore(...args),
  metadata: (...args) => new MetadataKeeper(...args),
  push: (...args) => new Push(...args),
  access: (...args) => new DeferredAccess(...args),
};
