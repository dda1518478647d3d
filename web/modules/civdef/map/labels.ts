/** A name that wants to stand on a map, with where it would. Pixels, from the top left. */
export interface Wanted {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const meet = (a: Wanted, b: Wanted): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/**
 * Names that fit without lying on each other or over an edge: who comes first is served first.
 * @param wanted the most important first; for each the places where it could stand, the best first
 * @param taken what is there already
 */
export function chooseLabels<W extends Wanted>(
  wanted: readonly (readonly W[])[],
  taken: readonly Wanted[],
  size: { readonly width: number; readonly height: number },
  most: number,
): readonly W[] {
  const chosen: W[] = []
  const fits = (one: W): boolean =>
    one.x >= 0 &&
    one.y >= 0 &&
    one.x + one.width <= size.width &&
    one.y + one.height <= size.height &&
    ![...taken, ...chosen].some((other) => meet(one, other))
  for (const places of wanted) {
    if (chosen.length >= most) break
    const place = places.find(fits)
    if (place) chosen.push(place)
  }
  return chosen
}
