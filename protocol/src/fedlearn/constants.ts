/** Minutes until a round's deadline at most (M28 manifest). */
export const FEDLEARN_MAX_ROUND_MINUTES = 120
/** Highest LoRA rank (M28 manifest). */
export const FEDLEARN_MAX_LORA_RANK = 64
/** Most target modules (M28 manifest). */
export const FEDLEARN_MAX_LORA_TARGET_MODULES = 8
/** Most training steps per round (M28 manifest). */
export const FEDLEARN_MAX_TRAIN_STEPS = 1000
/** Fewest participants a round can close with (FED-5). */
export const FEDLEARN_MIN_PARTICIPANTS = 3
/** Most participants of a round (M28 manifest). */
export const FEDLEARN_MAX_PARTICIPANTS = 32
/** Standard deviation of the noise relative to the clip; 0 is off (FED-3). */
export const FEDLEARN_DP_NOISE_SCALE_DEFAULT = 0.0
/** L2 norm a delta is clipped to (FED-3). */
export const FEDLEARN_CLIP_NORM_DEFAULT = 1.0
/** Largest submission in bytes (M28 submission). */
export const FEDLEARN_SUBMISSION_MAX_BYTES = 64 * 1024 * 1024
