export const ASK = '/ask'
export const COMPUTERS = `${ASK}/computers`
export const MODELS = `${ASK}/models`
