import type { VectorSource } from '../format.ts'
import { people } from '../seeded.ts'
import { alerts } from './alerts.ts'
import { audit } from './audit.ts'
import { cap } from './cap.ts'
import { certificates } from './certificates.ts'
import { decisions } from './decisions.ts'
import { events } from './events.ts'
import { brigade } from './make.ts'
import { regions } from './regions.ts'
import { sealed } from './sealed.ts'

/** M31: certificates, alerts, what a device decides, sealed alerts, audit, CAP. */
export async function sources(): Promise<readonly VectorSource[]> {
  const all = await people()
  const certs = await brigade(all)
  return [
    ...(await certificates(all, certs)),
    await alerts(all, certs),
    await decisions(all, certs),
    ...regions(),
    await sealed(all, certs),
    ...(await audit(all)),
    ...(await cap(all, certs)),
    await events(all, certs),
  ]
}
