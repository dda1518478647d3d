/** One fenced block of a page. `info` is what stands after the language: `schema=Event signed-by=author example=event-claim`. */
export interface Fence {
  readonly language: string
  readonly info: ReadonlyMap<string, string>
  readonly text: string
}

const FENCE = /^( *)```([a-z]*)((?: [a-z-]+=\S+)*)\n([\s\S]*?)^\1```$/gm

const infoOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .trim()
      .split(' ')
      .filter((part) => part !== '')
      .map((part) => part.split('=') as [string, string]), // the pattern wants one `=` in each
  )

export const fencesOf = (page: string): Fence[] =>
  [...page.matchAll(FENCE)].map(([, , language = '', info = '', text = '']) => ({ language, info: infoOf(info), text }))

/** A page with every `example=` block filled. @throws TypeError when there is no such example */
export function filled(page: string, exampleOf: (name: string) => string): string {
  return page.replace(FENCE, (block, indent: string, language: string, info: string) => {
    const name = infoOf(info).get('example')
    return name === undefined ? block : `${indent}\`\`\`${language}${info}\n${exampleOf(name)}\n${indent}\`\`\``
  })
}

const RULE = /^- `([A-Z]+-\d+(?:\.\d+)?)` (.+(?:\n {2}\S.*)*)/gm

/** A numbered rule with its first sentence. */
export interface Rule {
  readonly id: string
  readonly text: string
}

export const rulesOf = (page: string): Rule[] =>
  [...page.matchAll(RULE)].map(([, id = '', text = '']) => ({ id, text: text.replaceAll(/\s+/g, ' ') }))

/** `name: value` lines between the first two `---`. */
export function frontmatterOf(page: string): ReadonlyMap<string, string> {
  const [, block = ''] = /^---\n([\s\S]*?)\n---\n/.exec(page) ?? []
  return new Map(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]))
}

/** Targets of links to files, without anchors. */
export const linksOf = (page: string): string[] =>
  [...page.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target)
