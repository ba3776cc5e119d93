/** The name of a source's Intake, `{source}:{region}:{shard}`: each has one, that may be anywhere. */
export const intakeName = (source: string): string => `${source}:any:0`

/** Whose Intake a name is. */
export const sourceOf = (intake: string): string => intake.split(':')[0] ?? ''
