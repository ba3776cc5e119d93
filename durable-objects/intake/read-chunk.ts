/** Reads a chunk's lines from the archive; null only if R2 says clearly that it is not there. */
export async function readChunk(bucket: R2Bucket, key: string): Promise<string[] | null> {
  const object = await bucket.get(key)
  if (object === null) return null
  const text = await new Response(object.body.pipeThrough(new DecompressionStream('gzip'))).text()
  return text.split('\n').slice(0, -1)
}
