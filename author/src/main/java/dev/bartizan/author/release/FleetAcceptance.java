// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.publish.NewTarget;
import dev.bartizan.author.publish.Repository;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.custody.FleetKeys;
import dev.bartizan.protocol.jws.StatementKey;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.UpdateTimes;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.RoleName;
import dev.bartizan.updater.tuf.TargetFile;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a fleet's server known to devices: what it commands is obeyed, and its key broker gets the
 * keys of all releases, earlier ones too.
 */
public final class FleetAcceptance {
  private static final RoleName MODELS = new RoleName("models");
  private static final RoleName POLICY = new RoleName("policy");

  private final AuthorRepository repository;
  private final KnownFleets fleets;
  private final ReleaseArchive archive;
  private final KeyWrapping wrapping;

  public FleetAcceptance(
      SharedDirectory directory,
      AuthorRepository repository,
      InstantSource clock,
      SecureRandom random) {
    this.repository = repository;
    this.fleets = new KnownFleets(directory);
    this.archive = new ReleaseArchive(directory);
    this.wrapping = new KeyWrapping(directory, clock, random);
  }

  /**
   * Accepts a fleet. What fails on the way is done by doing it again.
   *
   * @param replacing whether other keys of the same fleet may go for these
   * @return of how many releases its key broker has the keys now
   */
  public int accept(FleetKeys keys, boolean replacing) throws IOException, Refusal {
    return repository.use(
        open -> {
          fleets.keep(keys, replacing);
          authorise(open);
          return wrapAll(open);
        });
  }

  /** From the next refresh on, devices obey destructive commands of {@code key}. */
  public void acceptDestructive(StatementKey key) throws IOException, Refusal {
    repository.use(
        open -> {
          fleets.keepDestructive(key);
          authorise(open);
          return key;
        });
  }

  /** What devices may do alone stays what it was; before there was a policy, it is nothing. */
  private void authorise(Repository open) throws IOException, Refusal {
    Optional<TargetFile> signed = open.trusted().find(DevicePolicy.TARGET);
    DevicePolicy before =
        signed.isPresent()
            ? DevicePolicy.parse(repository.content(open.trusted(), signed.get()))
            : new DevicePolicy(
                fleets.commandKeys(), Set.of(), false, false, Set.of(), UpdateTimes.ANY);
    byte[] policy = before.commandedBy(fleets.commandKeys()).toJson();
    open.addTargets(POLICY, List.of(NewTarget.of(DevicePolicy.TARGET, policy)));
  }

  private int wrapAll(Repository open) throws IOException, Refusal {
    List<NewTarget> envelopes = new ArrayList<>();
    int releases = 0;
    for (ReleaseName name : archive.all()) {
      Optional<ArchivedRelease> kept = archive.find(name);
      if (kept.isPresent() && open.trusted().find(name.modelTarget()).isPresent()) {
        try (ArchivedRelease release = kept.get()) {
          envelopes.addAll(wrapping.toBrokers(release.manifest(), release.contentKey()));
          releases++;
        }
      }
    }
    if (!envelopes.isEmpty()) {
      open.addTargets(MODELS, envelopes);
    }
    return releases;
  }
}
