import { mutationGeneric, queryGeneric } from 'convex/server'
import { v } from 'convex/values'

const config = {
  userId: v.string(),
  encryptedDeploymentUrl: v.string(),
  encryptedDeployKey: v.string(),
  encryptionIV: v.string(),
  authTags: v.string(),
  connectionStatus: v.string(),
}

export const getConfig = queryGeneric({
  args: { userId: v.string() },
  handler: (ctx, { userId }) =>
    ctx.db
      .query('userDatabaseConfig')
      .filter((q) => q.eq(q.field('userId'), userId))
      .first(),
})

export const putConfig = mutationGeneric({
  args: config,
  handler: async (ctx, row) => {
    await ctx.db.insert('userDatabaseConfig', row)
  },
})

export const listConfigs = queryGeneric({
  args: {},
  handler: (ctx) => ctx.db.query('userDatabaseConfig').collect(),
})

const { userId, connectionStatus, ...texts } = config

/** Compare and set. */
export const replaceConfig = mutationGeneric({
  args: { userId, from: v.object(texts), to: v.object(texts) },
  handler: async (ctx, { userId, from, to }) => {
    const row = await ctx.db
      .query('userDatabaseConfig')
      .filter((q) => q.eq(q.field('userId'), userId))
      .first()
    if (!row || Object.entries(from).some(([field, text]) => row[field] !== text)) return false
    await ctx.db.patch(row._id, to)
    return true
  },
})
