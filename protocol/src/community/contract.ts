import { defineModuleContract } from '../core/module.ts'
import * as capabilities from './capabilities.ts'
import * as events from './events.ts'

export const contract = defineModuleContract({
  id: 'community',
  number: null,
  stability: 'stable',
  config: null,
  capabilities: [
    capabilities.communityGet,
    capabilities.communityFound,
    capabilities.communityInvite,
    capabilities.communityInviteInspect,
    capabilities.communityInviteList,
    capabilities.communityRedeem,
    capabilities.communityJoin,
    capabilities.communityPromote,
    capabilities.communityDemote,
    capabilities.communityRevoke,
    capabilities.communityRename,
    capabilities.communityLeave,
  ],
  events: Object.values(events),
  planned: { capabilities: [], events: [] },
})
