// @ts-check

/**
 * Plain columns: the first is aligned left, numbers right.
 * @param {readonly string[]} header
 * @param {readonly (readonly string[])[]} rows
 */
export const table = (header, rows) => {
  const lines = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  const isNumber = header.map((_, column) => column > 0 && rows.every((row) => /^[\d.,×%-]*$/.test(row[column] ?? '')))
  return lines
    .map((line) =>
      widths
        .map((width, column) => {
          const cell = line[column] ?? ''
          return isNumber[column] ? cell.padStart(width) : cell.padEnd(width)
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
