// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.DatabaseChoice;
import dev.bartizan.fleet.broker.KeyAllowance;
import dev.bartizan.fleet.broker.KeyRelease;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.est.EstFleet;
import dev.bartizan.protocol.result.TrustTier;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * One of several servers, as a process: for each token that it gets it enrols a device, keeps a
 * result and gives a key, and says each on a line when the database has said that it is durable.
 */
public final class Instance {
  private static final KeyAllowance ANY =
      new KeyAllowance(Integer.MAX_VALUE, KeyAllowance.DEFAULT.within());

  private static final Says ERRORS = line -> System.err.println(line);

  private final FleetDatabase database;
  private final X509Certificate certificate;

  private Instance(FleetDatabase database, X509Certificate certificate) {
    this.database = database;
    this.certificate = certificate;
  }

  /** DIRECTORY URL USER PASSWORD-FILE FROM STEP UNTIL: which tokens it tries, in that order. */
  public static void main(String[] arguments) throws Exception {
    SharedDirectory directory = new SharedDirectory(Path.of(arguments[0]));
    DatabaseChoice choice =
        new DatabaseChoice(
            Optional.of(new DatabaseChoice.Server(arguments[1], arguments[2], arguments[3])),
            DatabaseChoice.DEFAULT.resultAge(),
            DatabaseChoice.DEFAULT.resultsPerDevice());
    try (FleetDatabase database =
        FleetDatabase.serving(directory, choice, new SecureRandom(), ERRORS)) {
      Instance instance =
          new Instance(database, Credentials.load(directory, "ca/ca").certificate());
      int from = Integer.parseInt(arguments[4]);
      int step = Integer.parseInt(arguments[5]);
      int count = Integer.parseInt(arguments[6]);
      for (int i = 0, token = from; i < count; i++, token += step) {
        instance.serve(token);
      }
      said("end", 0);
    }
  }

  static Digest digest(int number) {
    return Digest.of(new byte[] {(byte) number, (byte) (number >> 8)});
  }

  static Ueid ueid(int number) {
    return Ueid.of(digest(number));
  }

  private void serve(int number) throws Exception {
    if (database.tokens().take(digest(number)).isEmpty()) {
      return;
    }
    said("token", number);
    database.devices().enrol(device(number));
    said("device", number);
    database.results().keep(EstFleet.result(ueid(number), Instant.now(), TrustTier.AFFIRMING));
    said("result", number);
    database
        .keyLog()
        .add(
            new KeyRelease(
                ueid(number), digest(1), digest(number), digest(3), Instant.ofEpochSecond(1)),
            ANY);
    said("key", number);
  }

  private Device device(int number) {
    return new Device(
        ueid(number),
        Device.State.ENROLLED,
        "default",
        Set.of(),
        Instant.ofEpochSecond(number),
        Protection.Kind.SOFTWARE,
        Optional.empty(),
        certificate,
        certificate,
        Optional.empty(),
        false);
  }

  private static void said(String what, int number) {
    System.out.println(what + " " + number);
    System.out.flush();
  }
}
