// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.fleet.DatabaseAway;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * How far the database has come, as this directory knows it: beside the database, so that an older
 * one is known when it is put back.
 *
 * <p>What must not come undone (a token was spent, a device is not trusted any more) is a
 * milestone: a row of the database with a number and a random name. The file has the last that was
 * seen. A database without that row is older, or another: every token in it may have been spent,
 * and who is not trusted is told to it again.
 */
final class Watermark {
  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-milestone", 1);
  private static final String FILE = "mark.json";
  private static final int MAX_LENGTH = 1024;
  private static final int ID_BYTES = 16;
  private static final String NUMBER = "number";
  private static final String ID = "id";

  private final SharedDirectory folder;
  private final Withdrawn withdrawn;
  private final SecureRandom random;
  private final Says says;

  Watermark(SharedDirectory folder, SecureRandom random, Says says) {
    this.folder = folder;
    this.withdrawn = new Withdrawn(folder);
    this.random = random;
    this.says = says;
  }

  /** A milestone. */
  record Mark(long number, String id) {}

  /** Makes what this transaction does one. */
  Mark advance(Sql sql) throws SQLException {
    sql.run("UPDATE counter SET number = number + 1 WHERE name = 'milestone'");
    return add(sql, sql.number("SELECT number FROM counter WHERE name = 'milestone'"));
  }

  /** It was committed. Of several at once the last counts. */
  void remember(Mark mark) throws IOException, Refusal {
    folder.exclusively(
        () -> {
          Optional<Mark> known = known();
          if (known.isEmpty() || known.get().number() < mark.number()) {
            write(mark);
          }
          return mark;
        });
  }

  /** Insists that this is the database we know; one that is older is made safe. */
  void require(Connection connection, Place place) throws SQLException, IOException, Refusal {
    Sql sql = new Sql(connection);
    Optional<Mark> known = known();
    if (known.isPresent() && isIn(sql, known.get())) {
      connection.rollback();
      return;
    }
    // Another thread or process may be at it as well.
    String line =
        folder.exclusively(
            () -> {
              try {
                return catchUp(sql, connection, place);
              } catch (SQLException failure) {
                throw new DatabaseAway("the database is away: " + failure.getMessage(), failure);
              }
            });
    if (!line.isEmpty()) {
      says.say(line);
    }
  }

  private String catchUp(Sql sql, Connection connection, Place place)
      throws SQLException, IOException, Refusal {
    sql.run("UPDATE counter SET number = number WHERE name = 'milestone'");
    Optional<Mark> known = known();
    String line = "";
    if (known.isPresent() && !isIn(sql, known.get())) {
      line = makeSafe(sql, known.get());
    }
    Optional<Mark> last = last(sql);
    place.commit(connection);
    if (last.isPresent()) {
      write(last.get());
    }
    return line;
  }

  private String makeSafe(Sql sql, Mark known) throws SQLException, IOException, Refusal {
    int tokens = sql.run("DELETE FROM token");
    int devices = withdrawn.tell(sql);
    long number =
        Math.max(known.number(), sql.number("SELECT number FROM counter WHERE name = 'milestone'"))
            + 1;
    sql.run("UPDATE counter SET number = ? WHERE name = 'milestone'", number);
    add(sql, number);
    return "the database is older than this directory knows it: "
        + tokens
        + " enrolment tokens are void, make new ones; "
        + devices
        + " devices are out again that it trusted";
  }

  private Mark add(Sql sql, long number) throws SQLException {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    Mark mark = new Mark(number, HexFormat.of().formatHex(id));
    sql.run("INSERT INTO milestone (number, id) VALUES (?, ?)", mark.number(), mark.id());
    return mark;
  }

  private static boolean isIn(Sql sql, Mark mark) throws SQLException {
    return sql.number(
            "SELECT COUNT(*) FROM milestone WHERE number = ? AND id = ?", mark.number(), mark.id())
        > 0;
  }

  private static Optional<Mark> last(Sql sql) throws SQLException, IOException, Refusal {
    return sql.first(
        "SELECT number, id FROM milestone ORDER BY number DESC LIMIT 1",
        row -> new Mark(row.getLong(1), row.getString(2)));
  }

  private Optional<Mark> known() throws IOException, Refusal {
    Optional<byte[]> file = folder.find(FILE, MAX_LENGTH);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    String what = folder.path(FILE).toString();
    JsonFields fields = StrictJson.read(file.get(), MAX_LENGTH, what);
    FORMAT.require(fields, what);
    return Optional.of(new Mark(fields.number(NUMBER), fields.text(ID, MAX_LENGTH)));
  }

  private void write(Mark mark) throws IOException {
    ObjectNode document = FORMAT.begin().put(NUMBER, mark.number()).put(ID, mark.id());
    folder.writePrivate(FILE, StrictJson.writeIndented(document));
  }
}
