// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.fleet.DatabaseChoice;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.attest.LogStore;
import dev.bartizan.fleet.broker.KeyLog;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.database.DatabaseRefusal.Reason;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.enrol.TokenStore;
import dev.bartizan.fleet.verify.ResultStore;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All tables of a fleet, as its settings have them. */
public final class FleetDatabase implements Closeable {
  /** What directories of before there was a database have. */
  private static final List<String> OLD = List.of("devices", "tokens", "results", "ca/issued");

  private final Database database;
  private final @Nullable H2Server served;
  private final DeviceRegistry devices;
  private final TokenStore tokens;
  private final ResultStore results;
  private final LogStore logs;
  private final KeyLog keyLog;

  private FleetDatabase(
      Parts parts, SharedDirectory directory, Connections connections, @Nullable H2Server served) {
    this.database = new Database(connections, parts.outage());
    this.served = served;
    SharedDirectory folder = parts.folder().files();
    this.devices = new DeviceTable(database, parts.watermark(), new Withdrawn(folder));
    this.tokens = new TokenTable(database, parts.watermark());
    this.results = new ResultTable(database, new OperatorKeys(directory), parts.choice());
    this.logs = new LogTable(database);
    this.keyLog = new KeyLogTable(database, new KeyLogMark(folder));
  }

  /** What both ways to open one need. */
  private record Parts(
      DatabaseChoice choice, H2Folder folder, Watermark watermark, Outage outage, Gate gate) {
    static Parts of(
        SharedDirectory directory, DatabaseChoice choice, SecureRandom random, Says says)
        throws IOException, Refusal {
      requireNew(directory);
      H2Folder folder = H2Folder.in(directory, random);
      Watermark watermark = new Watermark(folder.files(), random, says);
      Place place =
          choice.server().isPresent()
              ? new PostgresPlace(choice.server().get(), directory.path(""))
              : new H2Place(folder);
      return new Parts(choice, folder, watermark, new Outage(says), new Gate(place, watermark));
    }
  }

  /** For a command: a connection is made when it is needed first. */
  public static FleetDatabase of(SharedDirectory directory, SecureRandom random, Says says)
      throws IOException, Refusal {
    return of(directory, FleetSettings.load(directory).database(), random, says);
  }

  /** The same with another choice than the directory's. */
  public static FleetDatabase of(
      SharedDirectory directory, DatabaseChoice choice, SecureRandom random, Says says)
      throws IOException, Refusal {
    Parts parts = Parts.of(directory, choice, random, says);
    return new FleetDatabase(parts, directory, new OneConnection(parts.gate()), null);
  }

  /**
   * For a server, until it is closed: many connections, new ones when they break.
   *
   * @throws DatabaseRefusal SERVED_ALREADY when another server has the H2 of this directory
   */
  public static FleetDatabase serving(
      SharedDirectory directory, DatabaseChoice choice, SecureRandom random, Says says)
      throws IOException, Refusal {
    Parts parts = Parts.of(directory, choice, random, says);
    H2Server served = null;
    boolean open = false;
    try {
      served = choice.server().isPresent() ? null : H2Server.start(parts.folder());
      Pool pool = Pool.open(parts.gate());
      open = true;
      return new FleetDatabase(parts, directory, pool, served);
    } catch (SQLException failure) {
      throw parts.outage().tell(failure);
    } finally {
      if (!open && served != null) {
        served.close();
      }
    }
  }

  private static void requireNew(SharedDirectory directory) throws IOException, DatabaseRefusal {
    for (String old : OLD) {
      if (FleetSettings.areIn(directory) && !directory.list(old, "").isEmpty()) {
        throw new DatabaseRefusal(
            Reason.OLD_LAYOUT,
            directory.path(old)
                + ": this directory is of an early version that kept files; found the fleet anew");
      }
    }
  }

  /** The registry of devices, and what was issued to them. */
  public DeviceRegistry devices() {
    return devices;
  }

  /** Permissions to enrol. */
  public TokenStore tokens() {
    return tokens;
  }

  /** Attestation results. */
  public ResultStore results() {
    return results;
  }

  /** Boot logs. */
  public LogStore logs() {
    return logs;
  }

  /** The record of keys. */
  public KeyLog keyLog() {
    return keyLog;
  }

  @Override
  public void close() throws IOException {
    try {
      database.close();
    } finally {
      if (served != null) {
        served.close();
      }
    }
  }
}
