/** Seed of a conformance run unless the person gives one (X09). */
export const CONFORMANCE_DEFAULT_SEED = 0xc0ffee
/** Where a conformance run writes (X09). */
export const CONFORMANCE_DEFAULT_OUTPUT_DIR = './conformance-report'
