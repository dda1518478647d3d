import { expect } from '@playwright/test'
import { test } from '../support/fixtures.ts'
import { NO_BOX } from '../support/no-box.ts'
import { reloadOffline } from '../support/offline.ts'
import { found, invite, joinBy, keptForOffline, publishClaim, seesDirectly, turnClaimsOn, visit } from '../support/steps.ts'

test('The box goes away and the village goes on; it comes back and everybody is there again', async ({ box, device }) => {
  const [anna, bert] = [await device('Anna', { tolerates: NO_BOX }), await device('Bert', { tolerates: NO_BOX })]
  await found(anna.page, box.url, 'Anna', 'Issum')
  await joinBy(bert.page, await invite(anna.page), 'Bert')
  await turnClaimsOn(anna.page)
  await turnClaimsOn(bert.page)
  await seesDirectly(anna.page, 'Bert')
  await seesDirectly(bert.page, 'Anna')

  await keptForOffline(bert.page)
  await box.unplug()
  await visit(bert.page, '/claims')
  await publishClaim(anna.page, { subject: 'Strom', predicate: 'ist', object: 'ausgefallen' })
  const claims = bert.page.getByRole('list', { name: 'Liste der Aussagen' })
  await expect(claims).toContainText('ausgefallen')
  await seesDirectly(bert.page, 'Anna')

  await reloadOffline(bert.page)
  await expect(bert.page.getByText('Dieses Gerät hat kein Netz.')).toBeVisible()
  await visit(bert.page, '/claims')
  await expect(claims).toContainText('ausgefallen')
  await publishClaim(anna.page, { subject: 'Wasser', predicate: 'ist', object: 'abgestellt' })

  await bert.context.setOffline(false)
  await box.plugIn()
  await expect(bert.page.getByText('Dieses Gerät hat kein Netz.')).toBeHidden()
  await seesDirectly(bert.page, 'Anna')
  await seesDirectly(anna.page, 'Bert')
  await visit(bert.page, '/claims')
  await expect(claims).toContainText('abgestellt')
})
