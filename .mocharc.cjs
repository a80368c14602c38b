module.exports = {
  extension: ['ts'],
  timeout: 30_000,
  'forbid-only': true,
  'forbid-pending': process.env.CI === 'true',
};
