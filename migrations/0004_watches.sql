-- Who looks at the chain for all instances that share this database; one row for each thing that one of them does for all.
CREATE TABLE watches (
  name TEXT NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  until_at BIGINT NOT NULL
);

-- What was read last of each basket, for the instances that do not look themselves; one row a basket.
CREATE TABLE basket_figures (
  stablecoin TEXT NOT NULL PRIMARY KEY,
  block BIGINT NOT NULL,
  figures_json TEXT NOT NULL
);
