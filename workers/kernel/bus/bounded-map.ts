/** A map of bounded size that drops what was used longest ago. */
export interface BoundedMap<K, V> {
  get(key: K): V | undefined
  getOrMake(key: K, make: () => V): V
  set(key: K, value: V): void
  delete(key: K): void
}

export function createBoundedMap<K, V>(limit: number): BoundedMap<K, V> {
  const entries = new Map<K, V>()

  function set(key: K, value: V): void {
    entries.delete(key)
    entries.set(key, value)
    if (entries.size <= limit) return
    for (const oldest of entries.keys()) {
      entries.delete(oldest)
      return
    }
  }

  function get(key: K): V | undefined {
    const value = entries.get(key)
    if (value !== undefined) set(key, value)
    return value
  }

  return {
    get,
    set,
    getOrMake(key, make) {
      const known = get(key)
      if (known !== undefined) return known
      const made = make()
      set(key, made)
      return made
    },
    delete: (key) => void entries.delete(key),
  }
}
