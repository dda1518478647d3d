/** Seed of a conformance run unless the person gives one (X09). */
export const CONFORMANCE_DEFAULT_SEED = 0xc0ffee
/** Where a conformance run writes (X09). */
export const CONFORMANCE_DEFAULT_OUTPUT_DIR = './conformance-report'
/** Implementations a registry remembers at most (PRO-7). */
export const PROTOCOL_REGISTRY_MAX_ENTRIES = 4096
/** Of these, how many one node can fill (PRO-7). */
export const PROTOCOL_REGISTRY_MAX_PER_NODE = 8
/** Largest signed descriptor in canonical form, in bytes (PRO-6). */
export const PROTOCOL_DESCRIPTOR_MAX_BYTES = 64 * 1024
/** Entries in one answer of the registry at most. */
export const PROTOCOL_REGISTRY_PAGE = 256
/** Cases one report holds at most (CONF-3). */
export const CONFORMANCE_MAX_CASES = 20_000
/** Faults whose catching one report tells of at most (CONF-7). */
export const CONFORMANCE_MAX_FAULTS = 2000
