/** Milliseconds a browser may take to begin reading a download. */
const READ_WITHIN_MS = 60_000

/** Hands a text, or bytes, to the person as a file. */
export function saveFile(fileName: string, mediaType: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type: mediaType }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), READ_WITHIN_MS)
}
