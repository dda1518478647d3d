import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { createFormat, type Format } from './format.ts'

export const LANGUAGES = ['de', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

const STORAGE_KEY = 'hearthnet.language'
/** How numbers and times are written: in English, too, day first and by 24 hours, as on every clock here. */
const LOCALES: Readonly<Record<Language, string>> = { de: 'de-DE', en: 'en-GB' }
/** German first; English is one tap away. */
const DEFAULT: Language = 'de'

type Leaf = string | ((...args: never[]) => string)
interface Tree {
  readonly [key: string]: Leaf | Tree
}
/** The shape of a message tree: the same keys, strings stay strings, functions keep their arguments. */
type Shape<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => string
    ? (...args: A) => string
    : T[K] extends string
      ? string
      : Shape<T[K]>
}
export interface Messages<T> {
  readonly de: Shape<T>
  readonly en: Shape<T>
}

/** What a page is called: loaded with the shell, in a file of its own, so that the module's other texts can wait. */
export type Titles = Readonly<Record<Language, string>>

/** The texts of one module. A key that English lacks, has too much, or calls differently does not compile. */
export const defineMessages = <T extends Tree>(messages: {
  readonly de: T & NoInfer<Shape<T>>
  readonly en: NoInfer<Shape<T>>
}): Messages<T> => messages

interface LanguageState {
  readonly language: Language
  readonly setLanguage: (language: Language) => void
  readonly format: Format
}

const LanguageContext = createContext<LanguageState | null>(null)

const isLanguage = (value: unknown): value is Language => LANGUAGES.some((language) => language === value)

function storedLanguage(): Language {
  try {
    const stored = localStorage.getItem(STORAGE_KEY)
    return isLanguage(stored) ? stored : DEFAULT
  } catch {
    return DEFAULT // a browser may refuse storage; the language is then asked for again next time
  }
}

function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, language)
  } catch {
    // refused storage only costs the memory of the choice
  }
}

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, choose] = useState(storedLanguage)

  useEffect(() => {
    document.documentElement.lang = language
  }, [language])

  const state = useMemo<LanguageState>(
    () => ({
      language,
      setLanguage: (next) => {
        rememberLanguage(next)
        choose(next)
      },
      format: createFormat(LOCALES[language]),
    }),
    [language],
  )
  return <LanguageContext value={state}>{children}</LanguageContext>
}

export function useLanguage(): LanguageState {
  const state = useContext(LanguageContext)
  if (!state) throw new TypeError('useLanguage needs a LanguageProvider above it')
  return state
}

/** The message tree in the person's language. */
export function useText<T>(messages: Messages<T>): Shape<T> {
  return messages[useLanguage().language]
}

export const useFormat = (): Format => useLanguage().format

const RULES = { de: new Intl.PluralRules('de'), en: new Intl.PluralRules('en') }

/** Picks the form for `n`; `#` in it becomes the number. */
export function plural(language: Language, n: number, forms: { readonly one: string; readonly other: string }): string {
  const form = RULES[language].select(n) === 'one' ? forms.one : forms.other
  return form.replace('#', new Intl.NumberFormat(language).format(n))
}
