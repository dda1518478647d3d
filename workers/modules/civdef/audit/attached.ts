// Takes an exported log out of the printed form of it (AUD-5). Imports nothing, as the verifier it belongs to.

const HEAD = /\/Type \/EmbeddedFile [^\n]*\/Length (\d{1,12}) >>\nstream\n/

/** The file inside a PDF that this app wrote; null where there is none, or it is damaged. @param text one character a byte */
async function attachedLog(bytes: Uint8Array, text: string): Promise<string | null> {
  const found = HEAD.exec(text)
  if (!found) return null
  const start = found.index + found[0].length
  const packed = bytes.slice(start, start + Number(found[1]))
  try {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'))
    return await new Response(stream).text()
  } catch {
    return null
  }
}

/** What a person handed over: the log itself, or the printed form with the log inside; null where that is damaged or missing. */
export async function logIn(bytes: Uint8Array): Promise<{ readonly log: string | null; readonly isPrinted: boolean }> {
  const text = new TextDecoder('latin1').decode(bytes)
  if (!text.startsWith('%PDF-')) return { log: new TextDecoder().decode(bytes), isPrinted: false }
  return { log: await attachedLog(bytes, text), isPrinted: true }
}
