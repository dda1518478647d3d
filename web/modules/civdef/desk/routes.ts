import { lazyPage, type SubRoute } from '../../../shell/screen.ts'
import * as paths from './paths.ts'
import * as titles from './titles.ts'

/** The responder's pages, for the module's screen definition. */
export const deskRoutes: readonly SubRoute[] = [
  {
    path: paths.DESK,
    title: titles.deskTitle,
    Component: lazyPage(async () => (await import('./desk-page.tsx')).DeskPage),
  },
  {
    path: paths.COMPOSE,
    title: titles.composeTitle,
    Component: lazyPage(async () => (await import('./publish/compose-page.tsx')).ComposePage),
  },
  {
    path: paths.BOARD,
    title: titles.boardTitle,
    Component: lazyPage(async () => (await import('./board/board-page.tsx')).BoardPage),
  },
  {
    path: paths.COSIGN,
    title: titles.cosignTitle,
    Component: lazyPage(async () => (await import('./cosign/cosign-page.tsx')).CosignPage),
  },
  {
    path: paths.CEREMONY,
    title: titles.ceremonyTitle,
    Component: lazyPage(async () => (await import('./wallet/ceremony-page.tsx')).CeremonyPage),
  },
  {
    path: paths.HOLDERS,
    title: titles.holdersTitle,
    Component: lazyPage(async () => (await import('./wallet/holders-page.tsx')).HoldersPage),
  },
  {
    path: paths.ROOTS,
    title: titles.rootsTitle,
    Component: lazyPage(async () => (await import('./wallet/roots-page.tsx')).RootsPage),
  },
  {
    path: paths.WALLET,
    title: titles.walletTitle,
    Component: lazyPage(async () => (await import('./wallet/wallet-page.tsx')).WalletPage),
  },
  {
    path: paths.AUDIT,
    title: titles.auditTitle,
    Component: lazyPage(async () => (await import('./audit/audit-page.tsx')).AuditPage),
  },
  {
    path: paths.FEED,
    title: titles.feedTitle,
    Component: lazyPage(async () => (await import('./feed/feed-page.tsx')).FeedPage),
  },
  {
    path: paths.DRILL,
    title: titles.drillTitle,
    Component: lazyPage(async () => (await import('./drill-page.tsx')).DrillPage),
  },
]
