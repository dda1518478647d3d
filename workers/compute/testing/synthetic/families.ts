import { SMALL, type Synthetic } from './shape.ts'

/**
 * What families add to Llama, from their public descriptions and from how exporters write them; sizes are tiny.
 * Qwen2: biases. Qwen3: norms of heads, heads of any width. Gemma 3: norms before and after, a scaled embedding, windows of attention
 * with angles of their own, gelu. Phi 3: one product for queries, keys and values, LongRoPE.
 */
export const FAMILIES: Readonly<Record<'llama' | 'qwen2' | 'qwen3' | 'gemma3' | 'phi3', Synthetic>> = {
  llama: SMALL,
  qwen2: { ...SMALL, biased: true },
  qwen3: { ...SMALL, headSize: 32, headNorms: true, tied: true },
  gemma3: {
    ...SMALL,
    layers: 6,
    kvHeads: 1,
    headSize: 32,
    headNorms: true,
    normsAfter: true,
    scaled: true,
    window: { tokens: 5, every: 3 },
    activation: 'gelu',
    seed: 5,
  },
  phi3: { ...SMALL, kvHeads: 4, packed: true, longFrom: 64 },
}
