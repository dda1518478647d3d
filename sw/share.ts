import { type DBSchema, openDB } from 'idb'
import { CIVDEF_DOCUMENT_MAX_CHARS } from '#protocol/civdef/constants.ts'

/** Where another app posts what a person shares with this one: the manifest's `share_target`. */
export const SHARE_PATH = '/share'
/** The file's field in that form. */
const FILE = 'share_file'
const TEXTS = ['share_title', 'share_text', 'share_url'] as const

interface SharedSchema extends DBSchema {
  shared: { key: 'file'; value: string }
}

/** The text of the file that was shared last, until the app takes it. */
export interface SharedStore {
  put(text: string): Promise<void>
  /** Hands it over and forgets it; null where there is none. */
  take(): Promise<string | null>
}

/** Kept on disk: between the share and the page that takes it the browser may stop this worker, or the person may have to log in. */
export function createSharedStore(name = 'hearthnet-shared'): SharedStore {
  const database = openDB<SharedSchema>(name, 1, {
    upgrade(db) {
      db.createObjectStore('shared')
    },
  })
  return {
    async put(text) {
      await (await database).put('shared', text, 'file')
    },
    async take() {
      const transaction = (await database).transaction('shared', 'readwrite')
      const text = (await transaction.store.get('file')) ?? null
      await transaction.store.delete('file')
      await transaction.done
      return text
    },
  }
}

/**
 * The address a share leads to. What is text goes along in it, as it always did; a file does not fit there and is kept.
 * @param form as the manifest's `share_target` names its fields
 */
export async function takeShare(form: FormData, store: SharedStore): Promise<string> {
  const file = form.get(FILE)
  if (file instanceof Blob && file.size > 0) {
    // one character more than a warning may have, so that the page can say that it is too long
    await store.put(await file.slice(0, 4 * (CIVDEF_DOCUMENT_MAX_CHARS + 1)).text())
    return '/?share_file=1'
  }
  const query = new URLSearchParams()
  for (const name of TEXTS) {
    const value = form.get(name)
    if (typeof value === 'string' && value !== '') query.set(name, value)
  }
  return query.size === 0 ? '/' : `/?${query}`
}
