/** Candidates a route query answers with (MOE-2). */
export const MOE_TOP_K_DEFAULT = 3
/** Outcomes needed before the learned scorer may be used (MOE-3). */
export const MOE_LEARNED_SCORER_MIN_FEEDBACK_SAMPLES = 200
/** Hours between trainings of the learned scorer (MOE-3). */
export const MOE_ROUTER_RETRAIN_EVERY_HOURS = 24
/** Hours a person has to answer a hand-off (MOE-5). */
export const MOE_HUMAN_HANDOFF_DEFAULT_TIMEOUT_HOURS = 24
/** Hours between hand-offs of one pair (MOE-5). */
export const MOE_HUMAN_HANDOFF_COOLDOWN_HOURS = 2
/** Hand-offs a person gets per day at most (MOE-5). */
export const MOE_HUMAN_RATE_LIMIT_PER_DAY = 5
