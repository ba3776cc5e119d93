// The deployed Worker with a fault: its Intake writes a pair beside the log at each append.
import { Intake as RealIntake } from '../../../durable-objects/intake/intake.ts'

export { Destination, default, Identity, Profile } from '../../../worker/index.ts'

export class Intake extends RealIntake {
  override append(segments: readonly Uint8Array[]) {
    this.ctx.storage.kv.put('planted', 1)
    return super.append(segments)
  }
}
