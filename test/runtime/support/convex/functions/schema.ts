import { defineSchema, defineTable } from 'convex/server'
import { v } from 'convex/values'

export default defineSchema({
  userDatabaseConfig: defineTable({
    userId: v.string(),
    encryptedDeploymentUrl: v.string(),
    encryptedDeployKey: v.string(),
    encryptionIV: v.string(),
    authTags: v.string(),
    connectionStatus: v.string(),
  }),
  accounts: defineTable({ number: v.number(), owner: v.string() }).index('by_number', ['number']),
})
