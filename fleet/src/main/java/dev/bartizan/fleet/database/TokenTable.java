// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.fleet.enrol.TokenStore;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** Enrolment tokens that are not spent. Spending one is a milestone. */
final class TokenTable implements TokenStore {
  private static final String FIND = "SELECT expires_at, golden FROM token WHERE digest = ?";

  private final Database database;
  private final Watermark watermark;

  TokenTable(Database database, Watermark watermark) {
    this.database = database;
    this.watermark = watermark;
  }

  @Override
  public void add(Digest token, Permission permission, Instant now) throws IOException, Refusal {
    database.change(
        sql -> {
          sql.run("DELETE FROM token WHERE expires_at <= ?", now.getEpochSecond());
          return sql.run(
              "INSERT INTO token (digest, expires_at, golden) VALUES (?, ?, ?)",
              token.hex(),
              permission.expiresAt().getEpochSecond(),
              permission.golden());
        });
  }

  @Override
  public Optional<Permission> find(Digest token) throws IOException, Refusal {
    return database.read(sql -> sql.first(FIND, TokenTable::read, token.hex()));
  }

  @Override
  public Optional<Permission> take(Digest token) throws IOException, Refusal {
    record Taken(Optional<Permission> permission, Optional<Watermark.Mark> mark) {}
    Taken taken =
        database.change(
            sql -> {
              Optional<Permission> permission = sql.first(FIND, TokenTable::read, token.hex());
              // Of two who found it, one deletes it.
              if (sql.run("DELETE FROM token WHERE digest = ?", token.hex()) == 0) {
                return new Taken(Optional.empty(), Optional.empty());
              }
              return new Taken(permission, Optional.of(watermark.advance(sql)));
            });
    if (taken.mark().isPresent()) {
      watermark.remember(taken.mark().get());
    }
    return taken.permission();
  }

  private static Permission read(ResultSet row) throws SQLException {
    return new Permission(Instant.ofEpochSecond(row.getLong(1)), row.getBoolean(2));
  }
}
