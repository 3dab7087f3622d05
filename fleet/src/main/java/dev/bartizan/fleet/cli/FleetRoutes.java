// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.fleet.attest.Attestation;
import dev.bartizan.fleet.attest.AttestationRoutes;
import dev.bartizan.fleet.broker.AttestedKeys;
import dev.bartizan.fleet.broker.KeyRoutes;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.enrol.TpmEnrolment;
import dev.bartizan.fleet.est.EstRoutes;
import dev.bartizan.fleet.est.Renewal;
import dev.bartizan.fleet.http.Route;
import dev.bartizan.fleet.verify.FileReferences;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What enrolled devices ask of a server whose state is in one directory. */
final class FleetRoutes {
  private final SharedDirectory directory;
  private final TpmEnrolment.Context context;
  private final DeviceRegistry registry;
  private final FleetDatabase database;
  private final WrappedKeyVault vault;
  private final Clock clock;
  private final SecureRandom random;

  FleetRoutes(
      SharedDirectory directory,
      TpmEnrolment.Context context,
      FleetDatabase database,
      WrappedKeyVault vault,
      Clock clock,
      SecureRandom random) {
    this.directory = directory;
    this.context = context;
    this.registry = context.registry();
    this.database = database;
    this.vault = vault;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Renewal, attestation and keys.
   *
   * @param accepted kinds of keystore without a chip that the operator takes
   */
  List<Route> all(Set<Protection.Kind> accepted) throws IOException, Refusal {
    Attestation attestation =
        new Attestation(
            registry,
            new FileReferences(directory),
            database.results(),
            database.logs(),
            clock,
            random);
    List<Route> routes = new ArrayList<>(renewal(accepted).routes());
    routes.addAll(
        new AttestationRoutes(
                attestation,
                registry,
                new OperatorKeys(directory).signer(OperatorKeys.VERIFIER),
                clock)
            .routes());
    routes.addAll(keys(attestation).routes());
    return routes;
  }

  private EstRoutes renewal(Set<Protection.Kind> accepted) {
    return new EstRoutes(
        new Renewal(
            context.settings(),
            context.authority(),
            registry,
            database.results(),
            accepted,
            clock));
  }

  private KeyRoutes keys(Attestation attestation) {
    AttestedKeys keys =
        new AttestedKeys(registry, attestation, vault, database.keyLog(), clock, random);
    return new KeyRoutes(keys, registry, clock);
  }
}
