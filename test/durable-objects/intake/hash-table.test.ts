import { describe, expect, it } from 'vitest'
import { HashTable } from '../../../durable-objects/intake/hash-table.ts'

describe('HashTable', () => {
  it('agrees with a Set over 20,000 hashes, collisions of the lower bits included', () => {
    const table = new HashTable()
    const reference = new Set<bigint>()
    for (let n = 1n; n <= 20_000n; n += 1n) {
      const hash = n % 3n === 0n ? n << 32n : n * 0x9e37_79b9n
      table.add(hash)
      table.add(hash)
      reference.add(hash)
    }
    expect(table.size).toBe(reference.size)
    for (const hash of reference) expect(table.has(hash)).toBe(true)
    for (let n = 1n; n <= 1_000n; n += 1n) {
      const other = (n << 40n) + 12_345n
      expect(table.has(other)).toBe(reference.has(other))
    }
  })

  it('never holds 0n, which stands for no id', () => {
    const table = new HashTable()
    table.add(0n)
    expect(table.has(0n)).toBe(false)
    expect(table.size).toBe(0)
  })
})
