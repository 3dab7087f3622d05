// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.fleet.broker.KeyAllowance;
import dev.bartizan.fleet.broker.KeyLog;
import dev.bartizan.fleet.broker.KeyLogBroken;
import dev.bartizan.fleet.broker.KeyRefusal;
import dev.bartizan.fleet.broker.KeyRelease;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The record of keys: a line for each entry, {@code {"number":…,"previous":…,…}}; the digest of an
 * entry is that of its line. Rows are added, never changed, and whoever adds one locks the head.
 */
final class KeyLogTable implements KeyLog {
  private static final String HEAD = "SELECT entries, head FROM key_record WHERE one = 1";
  private static final String WHAT = "the record of keys";
  private static final int MAX_LINE = 4096;
  private static final int PAGE = 1000;

  private final Database database;
  private final KeyLogMark mark;

  KeyLogTable(Database database, KeyLogMark mark) {
    this.database = database;
    this.mark = mark;
  }

  private record Line(long number, Bytes text) {}

  /**
   * What adding came to.
   *
   * @param follows whether what this directory knew of the record is still in it
   */
  private record Added(Head head, boolean follows) {}

  /** A record that lost what we know to have been in it goes on; that it did stays to be seen. */
  @Override
  public void add(KeyRelease given, KeyAllowance allowance) throws IOException, Refusal {
    Optional<Head> known = mark.known();
    Added added =
        database.change(
            sql -> {
              boolean follows = known.isEmpty() || isIn(sql, known.get());
              return new Added(append(sql, given, allowance), follows);
            });
    if (added.follows()) {
      mark.remember(added.head());
    }
  }

  private static Head append(Sql sql, KeyRelease given, KeyAllowance allowance)
      throws SQLException, IOException, Refusal {
    Head before = sql.first(HEAD + " FOR UPDATE", KeyLogTable::head).orElseThrow(KeyLogTable::none);
    if (!isIn(sql, before)) {
      throw new KeyLogBroken(WHAT, before.entries() - 1, "is not the last that was added");
    }
    requireAllowed(sql, given, allowance);
    ObjectNode entry =
        StrictJson.object().put("number", before.entries()).put("previous", before.digest().hex());
    entry.setAll(given.toJson());
    byte[] line = StrictJson.write(entry);
    Head after = new Head(before.entries() + 1, Digest.of(line));
    sql.run(
        "INSERT INTO key_release (number, device, given_at, line) VALUES (?, ?, ?, ?)",
        before.entries(),
        given.device().text(),
        given.at().getEpochSecond(),
        new String(line, StandardCharsets.UTF_8));
    sql.run(
        "UPDATE key_record SET entries = ?, head = ? WHERE one = 1",
        after.entries(),
        after.digest().hex());
    return after;
  }

  /** Looks at one entry, and not at those before: that is what {@link #verify} is for. */
  private static boolean isIn(Sql sql, Head head) throws SQLException, IOException, Refusal {
    if (head.entries() == 0) {
      return head.digest().equals(BEGINNING);
    }
    return sql.first(
            "SELECT line FROM key_release WHERE number = ?",
            row -> Digest.of(row.getString(1).getBytes(StandardCharsets.UTF_8)),
            head.entries() - 1)
        .filter(head.digest()::equals)
        .isPresent();
  }

  private static void requireAllowed(Sql sql, KeyRelease given, KeyAllowance allowance)
      throws SQLException, KeyRefusal {
    long had =
        sql.number(
            "SELECT COUNT(*) FROM key_release WHERE device = ? AND given_at > ?",
            given.device().text(),
            given.at().minus(allowance.within()).getEpochSecond());
    allowance.require(given.device(), had);
  }

  @Override
  public Head verify(Visitor visitor) throws IOException, Refusal {
    Head head = database.read(sql -> verify(sql, visitor));
    mark.remember(head);
    return head;
  }

  private Head verify(Sql sql, Visitor visitor) throws SQLException, IOException, Refusal {
    Head said = sql.first(HEAD, KeyLogTable::head).orElseThrow(KeyLogTable::none);
    Optional<Head> known = mark.known();
    Head found = new Head(0, BEGINNING);
    for (List<Line> page = page(sql, 0); !page.isEmpty(); page = page(sql, found.entries())) {
      for (Line line : page) {
        if (found.entries() == said.entries()) {
          // Added since we asked for the head.
          return found;
        }
        visitor.visit(entry(line, found));
        found = new Head(found.entries() + 1, Digest.of(line.text().asBuffer()));
        requireKnown(known, found);
      }
    }
    if (!found.equals(said) || known.filter(it -> it.entries() > said.entries()).isPresent()) {
      throw new KeyLogBroken(WHAT, found.entries(), "is missing: the end was cut off");
    }
    return found;
  }

  private static void requireKnown(Optional<Head> known, Head found) throws KeyLogBroken {
    if (known.isPresent()
        && known.get().entries() == found.entries()
        && !known.get().equals(found)) {
      throw new KeyLogBroken(
          WHAT, found.entries() - 1, "is not the one that this directory has seen");
    }
  }

  private static List<Line> page(Sql sql, long from) throws SQLException, IOException, Refusal {
    return sql.all(
        "SELECT number, line FROM key_release WHERE number >= ? ORDER BY number LIMIT ?",
        row ->
            new Line(row.getLong(1), Bytes.of(row.getString(2).getBytes(StandardCharsets.UTF_8))),
        from,
        PAGE);
  }

  private static KeyRelease entry(Line line, Head before) throws KeyLogBroken {
    long number = before.entries();
    try {
      JsonFields fields = StrictJson.read(line.text().toArray(), MAX_LINE, "entry");
      if (line.number() != number
          || fields.number("number") != number
          || !fields.digest("previous").equals(before.digest())) {
        throw new KeyLogBroken(WHAT, number, "does not follow from the one before");
      }
      return KeyRelease.read(fields);
    } catch (Malformed damaged) {
      throw new KeyLogBroken(WHAT, number, "cannot be read: " + damaged.getMessage());
    }
  }

  private static Head head(ResultSet row) throws SQLException, Malformed {
    return new Head(row.getLong(1), JsonFields.parseDigest(WHAT, row.getString(2)));
  }

  private static KeyLogBroken none() {
    return new KeyLogBroken(WHAT, 0, "and all others are missing: there is no head");
  }
}
