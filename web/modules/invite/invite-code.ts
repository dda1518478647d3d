const CODE = /^[A-Za-z0-9_.~-]{16,4096}$/

/** Route of an invite inside the app. */
export const joinPath = (code: string): string => `/join/${code}`

/** The link people share: the code stays behind `#`, so no server that serves the app ever sees it. */
export function inviteLink(invite: string, appUrl: string): string {
  if (/^https?:\/\//.test(invite)) return invite
  return `${appUrl.replace(/[?#].*$/, '')}#${joinPath(invite)}`
}

/**
 * The code in whatever a person pasted or scanned: a link, a link inside a message, or the code alone.
 * @returns null when there is none; whether the invite is good is for the node to say.
 */
export function inviteCodeIn(text: string): string | null {
  const linked = /\/join\/([A-Za-z0-9_.~-]+)/.exec(text)?.[1]
  const code = (linked ?? text).replaceAll(/\s/g, '')
  return CODE.test(code) ? code : null
}
