// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.life;

import dev.bartizan.fleet.DatabaseChoice;
import dev.bartizan.fleet.database.Postgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * The life of a device from enrolment to decommissioning, over a real broker, a TPM with an
 * endorsement certificate, and each of the databases. The two live at the same time: most of a life
 * is waiting.
 */
final class LifeOfADeviceIT {
  @Test
  void itIsLivedOnH2AndOnPostgresqlFromEnrolmentToItsEnd() throws Exception {
    Postgres postgres = Postgres.start(LifeOfADeviceIT.class);
    ExecutorService both = Executors.newCachedThreadPool();
    try {
      Map<String, DatabaseChoice> databases =
          new TreeMap<>(Map.of("H2", DatabaseChoice.DEFAULT, "PostgreSQL", postgres.choice()));
      List<Future<String>> lives = new ArrayList<>();
      for (Map.Entry<String, DatabaseChoice> database : databases.entrySet()) {
        lives.add(both.submit(() -> live(database.getKey(), database.getValue())));
      }
      for (Future<String> life : lives) {
        System.out.println(life.get());
      }
    } finally {
      both.shutdownNow();
      postgres.close();
    }
  }

  /** All of it, and its figures. */
  private static String live(String name, DatabaseChoice database) throws Exception {
    try (Life life = new Life(name, database)) {
      life.enrols();
      life.reportsAndGetsAKey();
      try (Application application = new Application(life.device())) {
        life.renewsWhileItServes();
        life.isQuarantinedAndGetsNeitherKeyNorCertificate();
        life.isReleasedAndGetsBoth();
        life.isOfflinePastItsCertificateAndComesBackAlone();
        life.note(application.requireServed());
      }
      life.isDecommissioned();
      return life.figures();
    }
  }
}
