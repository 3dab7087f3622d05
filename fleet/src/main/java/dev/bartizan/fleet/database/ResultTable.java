// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.DatabaseChoice;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.verify.ResultStore;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.result.AttestationResult;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Attestation results as signed JWTs: a row is anybody's word until the verifier's signature says
 * otherwise. Of each device so many, and none that is older than so long.
 */
final class ResultTable implements ResultStore {
  private static final String NEWEST_FIRST =
      " FROM result WHERE device = ? ORDER BY issued_at DESC, number DESC";

  private final Database database;
  private final OperatorKeys keys;
  private final DatabaseChoice choice;

  ResultTable(Database database, OperatorKeys keys, DatabaseChoice choice) {
    this.database = database;
    this.keys = keys;
    this.choice = choice;
  }

  private record Kept(long number, String jwt) {}

  @Override
  public void keep(AttestationResult result) throws IOException, Refusal {
    String jwt = result.sign(keys.signer(OperatorKeys.VERIFIER));
    database.change(
        sql -> {
          dropWhatIsNotOurs(sql, result.ueid());
          sql.run(
              "INSERT INTO result (device, issued_at, status, jwt) VALUES (?, ?, ?, ?)",
              result.ueid().text(),
              result.issuedAt().getEpochSecond(),
              result.status().text(),
              jwt);
          return trim(sql, result);
        });
  }

  @Override
  public Optional<AttestationResult> latest(Ueid device) throws IOException, Refusal {
    return database.read(
        sql -> {
          Optional<Kept> kept = newest(sql, device);
          return kept.isEmpty() ? Optional.empty() : Optional.of(accept(kept.get().jwt(), device));
        });
  }

  @Override
  public Optional<AttestationResult> find(Ueid device, Nonce nonce) throws IOException, Refusal {
    List<Kept> kept =
        database.read(
            sql -> sql.all("SELECT number, jwt" + NEWEST_FIRST, ResultTable::row, device.text()));
    for (Kept one : kept) {
      if (isOurs(one, device)) {
        AttestationResult result = accept(one.jwt(), device);
        if (result.nonce().equals(nonce)) {
          return Optional.of(result);
        }
      }
    }
    return Optional.empty();
  }

  private static Kept row(ResultSet row) throws SQLException {
    return new Kept(row.getLong(1), row.getString(2));
  }

  /** What cannot be believed is no reason to keep what can be out. */
  private void dropWhatIsNotOurs(Sql sql, Ueid device) throws SQLException, IOException, Refusal {
    for (Optional<Kept> newest = newest(sql, device);
        newest.isPresent() && !isOurs(newest.get(), device);
        newest = newest(sql, device)) {
      sql.run("DELETE FROM result WHERE number = ?", newest.get().number());
    }
  }

  private boolean isOurs(Kept kept, Ueid device) throws IOException {
    try {
      accept(kept.jwt(), device);
      return true;
    } catch (Refusal notOurs) {
      return false;
    }
  }

  private int trim(Sql sql, AttestationResult added) throws SQLException {
    int dropped =
        sql.run(
            "DELETE FROM result WHERE issued_at < ?",
            added.issuedAt().minus(choice.resultAge()).getEpochSecond());
    return dropped
        + sql.run(
            "DELETE FROM result WHERE number IN (SELECT number" + NEWEST_FIRST + " OFFSET ?)",
            added.ueid().text(),
            choice.resultsPerDevice());
  }

  private static Optional<Kept> newest(Sql sql, Ueid device)
      throws SQLException, IOException, Refusal {
    return sql.first(
        "SELECT number, jwt" + NEWEST_FIRST + " LIMIT 1", ResultTable::row, device.text());
  }

  private AttestationResult accept(String jwt, Ueid device) throws IOException, Refusal {
    AttestationResult result = AttestationResult.accept(jwt, keys.publicKey(OperatorKeys.VERIFIER));
    if (!result.ueid().equals(device)) {
      throw new Malformed("the result of " + device + " is about another device");
    }
    return result;
  }
}
