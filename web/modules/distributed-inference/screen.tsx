import { IconMessageQuestion } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import { ASK, COMPUTERS, MODELS } from './paths.ts'
import * as titles from './titles.ts'

export const screen: ScreenDefinition = {
  path: ASK,
  order: 40,
  icon: IconMessageQuestion,
  nav: 'main',
  title: titles.title,
  Component: lazyPage(async () => (await import('./ask/ask-page.tsx')).AskPage),
  requires: 'community',
  module: 'distributed_llm',
  routes: [
    {
      path: COMPUTERS,
      title: titles.computersTitle,
      Component: lazyPage(async () => (await import('./computers/computers-page.tsx')).ComputersPage),
    },
    {
      path: MODELS,
      title: titles.modelsTitle,
      Component: lazyPage(async () => (await import('./models/models-page.tsx')).ModelsPage),
    },
  ],
}
