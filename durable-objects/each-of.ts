/** Acts on all, on at most so many at once; one that takes long delays no other. `act` must not reject. */
export async function eachOf<T>(
  all: readonly T[],
  atOnce: number,
  act: (one: T) => Promise<void>,
): Promise<void> {
  const rest = all.values()
  const workers = Array.from({ length: Math.min(atOnce, all.length) }, async () => {
    for (const one of rest) await act(one)
  })
  await Promise.all(workers)
}
