// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.device.RegistryRefusal;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The registry: each device's document, and beside it what devices are looked for by. */
final class DeviceTable implements DeviceRegistry {
  private static final String FIND = "SELECT document FROM device WHERE ueid = ?";

  /** Nobody else changes it before this transaction ends. */
  private static final String LOCK = FIND + " FOR UPDATE";

  private final Database database;
  private final Watermark watermark;
  private final Withdrawn withdrawn;

  DeviceTable(Database database, Watermark watermark, Withdrawn withdrawn) {
    this.database = database;
    this.watermark = watermark;
    this.withdrawn = withdrawn;
  }

  @Override
  public Optional<Device> find(Ueid ueid) throws IOException, Refusal {
    return database.read(sql -> sql.first(FIND, row -> read(row, ueid), ueid.text()));
  }

  @Override
  public List<Device> all() throws IOException, Refusal {
    return database.read(
        sql ->
            sql.all(
                "SELECT document, ueid FROM device ORDER BY ueid",
                row -> read(row, Ueid.parse(row.getString(2)))));
  }

  @Override
  public Optional<Device> requireWelcome(Ueid ueid) throws IOException, Refusal {
    return database.read(sql -> welcome(sql, FIND, ueid));
  }

  @Override
  public void enrol(Device device) throws IOException, Refusal {
    database.change(
        sql -> {
          Optional<Device> before = welcome(sql, LOCK, device.ueid());
          Device placed = before.map(known -> device.keepingPlaceOf(known)).orElse(device);
          return before.isPresent() ? replace(sql, placed) : insert(sql, placed);
        });
  }

  @Override
  public Device change(Ueid ueid, Device.State state) throws IOException, Refusal {
    return state == Device.State.ENROLLED ? trust(ueid, state) : withdraw(ueid, state);
  }

  private Device trust(Ueid ueid, Device.State state) throws IOException, Refusal {
    Device trusted = database.change(sql -> replace(sql, changeable(sql, ueid, state).with(state)));
    withdrawn.remove(ueid);
    return trusted;
  }

  /** A milestone: a database that does not have it is older. */
  private Device withdraw(Ueid ueid, Device.State state) throws IOException, Refusal {
    record Done(Device device, Watermark.Mark mark) {}
    Done done =
        database.change(
            sql -> {
              Device device = changeable(sql, ueid, state).with(state);
              withdrawn.add(ueid, state);
              withdraw(sql, ueid, state);
              return new Done(device, watermark.advance(sql));
            });
    watermark.remember(done.mark());
    return done.device();
  }

  /**
   * Trusts a device no more, whether it is known here or not.
   *
   * @return whether it was trusted more than that
   */
  static boolean withdraw(Sql sql, Ueid ueid, Device.State state)
      throws SQLException, IOException, Refusal {
    Optional<Device> known = sql.first(LOCK, row -> read(row, ueid), ueid.text());
    boolean isNews = known.isPresent() && known.get().state().compareTo(state) < 0;
    if (isNews) {
      replace(sql, known.get().with(state));
    }
    if (state.isFinal() && !isRevoked(sql, ueid)) {
      sql.run("INSERT INTO revoked (ueid) VALUES (?)", ueid.text());
      isNews = true;
    }
    return isNews;
  }

  @Override
  public void renewed(Ueid ueid, X509Certificate identity) throws IOException, Refusal {
    database.change(
        sql -> {
          Device device = locked(sql, ueid);
          if (device.state() != Device.State.ENROLLED) {
            throw RegistryRefusal.notWelcome(device);
          }
          if (!device.identity().getPublicKey().equals(identity.getPublicKey())) {
            throw RegistryRefusal.keyChanged(ueid);
          }
          return replace(sql, device.with(identity));
        });
  }

  @Override
  public void sawBoot(Ueid ueid, Device.BootCounts counts) throws IOException, Refusal {
    database.change(
        sql -> {
          Device device = locked(sql, ueid);
          boolean stale = device.lastBoot().filter(known -> counts.isBefore(known)).isPresent();
          return stale ? device : replace(sql, device.with(counts));
        });
  }

  @Override
  public void issued(Ueid device, X509Certificate identity, Instant now)
      throws IOException, Refusal {
    database.change(sql -> IssuedTable.add(sql, device, identity, now));
  }

  @Override
  public List<BigInteger> goodSerials(Ueid device, Instant now) throws IOException, Refusal {
    return database.read(sql -> IssuedTable.good(sql, device, now));
  }

  private static Device changeable(Sql sql, Ueid ueid, Device.State state)
      throws SQLException, IOException, Refusal {
    Device device = locked(sql, ueid);
    if (device.state().isFinal() && state != device.state()) {
      throw RegistryRefusal.revoked(device);
    }
    return device;
  }

  private static Device locked(Sql sql, Ueid ueid) throws SQLException, IOException, Refusal {
    return sql.first(LOCK, row -> read(row, ueid), ueid.text())
        .orElseThrow(() -> RegistryRefusal.unknown(ueid));
  }

  private static Optional<Device> welcome(Sql sql, String query, Ueid ueid)
      throws SQLException, IOException, Refusal {
    Optional<Device> known = sql.first(query, row -> read(row, ueid), ueid.text());
    if (known.isPresent() && known.get().state() != Device.State.ENROLLED) {
      throw RegistryRefusal.notWelcome(known.get());
    }
    if (isRevoked(sql, ueid)) {
      throw RegistryRefusal.revokedBefore(ueid);
    }
    return known;
  }

  private static boolean isRevoked(Sql sql, Ueid ueid) throws SQLException {
    return sql.number("SELECT COUNT(*) FROM revoked WHERE ueid = ?", ueid.text()) > 0;
  }

  private static Device insert(Sql sql, Device device) throws SQLException {
    sql.run(
        "INSERT INTO device (state, profile, enrolled_at, document, ueid) VALUES (?, ?, ?, ?, ?)",
        device.state().text(),
        device.profile(),
        device.enrolledAt().getEpochSecond(),
        document(device),
        device.ueid().text());
    return device;
  }

  private static Device replace(Sql sql, Device device) throws SQLException {
    sql.run(
        "UPDATE device SET state = ?, profile = ?, enrolled_at = ?, document = ? WHERE ueid = ?",
        device.state().text(),
        device.profile(),
        device.enrolledAt().getEpochSecond(),
        document(device),
        device.ueid().text());
    return device;
  }

  private static String document(Device device) {
    return new String(StrictJson.write(device.toJson()), StandardCharsets.UTF_8);
  }

  private static Device read(ResultSet row, Ueid ueid) throws SQLException, Malformed {
    String what = "device " + ueid;
    Device device = Device.read(row.getString(1).getBytes(StandardCharsets.UTF_8), what);
    if (!device.ueid().equals(ueid)) {
      throw new Malformed(what + ".ueid is another device's");
    }
    return device;
  }
}
