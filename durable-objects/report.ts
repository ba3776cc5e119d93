/** Logs one structured line for a failure that was handled: what failed, where, and why. */
export function reportFailure(code: string, where: object, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  console.error(JSON.stringify({ level: 'error', code, ...where, message }))
}
