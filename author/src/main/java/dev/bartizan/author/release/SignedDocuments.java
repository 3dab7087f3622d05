// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.author.publish.NewTarget;
import dev.bartizan.author.publish.Repository;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.keystore.PcrApproval;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.ReferenceTargets;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SilenceRule;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.protocol.release.SuiteManifest;
import dev.bartizan.protocol.release.UpdateTimes;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.RoleName;
import dev.bartizan.updater.tuf.TargetFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Publishes the small documents that devices live by, each under the role that may say it. */
public final class SignedDocuments {
  private static final RoleName MODELS = new RoleName("models");
  private static final RoleName POLICY = new RoleName("policy");
  private static final RoleName SOFTWARE = new RoleName("software");
  private static final RoleName REFERENCE = new RoleName("reference");

  private final SharedDirectory directory;
  private final AuthorRepository repository;

  public SignedDocuments(SharedDirectory directory, AuthorRepository repository) {
    this.directory = directory;
    this.repository = repository;
  }

  /** Replaces the policy: the command keys of the known fleets, and what devices may do alone. */
  public void policy(
      Set<String> models,
      boolean updatesAlone,
      boolean serveUnknownBoot,
      Set<Protection.Kind> keystores,
      UpdateTimes times,
      SilenceRule silence)
      throws IOException, Refusal {
    DevicePolicy policy =
        new DevicePolicy(
            new KnownFleets(directory).commandKeys(),
            models,
            updatesAlone,
            serveUnknownBoot,
            keystores,
            times,
            silence);
    publish(POLICY, NewTarget.of(DevicePolicy.TARGET, policy.toJson()));
  }

  /**
   * Vouches for the files of one version of the agent.
   *
   * @param home where they are served from, when devices are to fetch them; empty when devices have
   *     them already
   * @throws ReleaseRefusal EXISTS
   */
  public void software(SoftwareManifest manifest, Optional<Path> home) throws IOException, Refusal {
    String target = manifest.release().softwareTarget();
    repository.use(
        open -> {
          if (open.trusted().find(target).isPresent()) {
            throw ReleaseRefusal.exists(target);
          }
          if (home.isPresent()) {
            SoftwareTree.serve(home.get(), manifest, repository.path());
          }
          return add(open, SOFTWARE, NewTarget.of(target, manifest.toJson()));
        });
  }

  /**
   * Says which releases belong together.
   *
   * @param members component and version; each must be signed already
   * @throws ReleaseRefusal EXISTS
   * @throws Refusal naming the member that is not signed
   */
  public SuiteManifest suite(
      ReleaseName release, Map<String, String> members, ObjectNode configuration)
      throws IOException, Refusal {
    return repository.use(
        open -> {
          if (open.trusted().find(release.suiteTarget()).isPresent()) {
            throw ReleaseRefusal.exists(release.suiteTarget());
          }
          Map<String, SuiteManifest.Member> signed = new TreeMap<>();
          for (Map.Entry<String, String> member : members.entrySet()) {
            String target = SuiteManifest.memberTarget(member.getKey(), member.getValue());
            signed.put(
                member.getKey(),
                new SuiteManifest.Member(member.getValue(), open.trusted().get(target).sha256()));
          }
          SuiteManifest suite = new SuiteManifest(release, signed, configuration);
          byte[] document = suite.toJson();
          // Read back as devices will, so that what they would refuse is refused here.
          SuiteManifest.parse(document);
          add(open, MODELS, NewTarget.of(release.suiteTarget(), document));
          return suite;
        });
  }

  /** Replaces the reference values of one hardware profile. */
  public void reference(ReferenceValues values) throws IOException, Refusal {
    publish(REFERENCE, NewTarget.of(ReferenceTargets.values(values.profile()), values.toJson()));
  }

  /** Accepts {@code more} beside what is accepted already: two kernels during a rollout. */
  public ReferenceValues alsoReference(ReferenceValues more) throws IOException, Refusal {
    return repository.use(
        open -> {
          Optional<TargetFile> known = open.trusted().find(ReferenceTargets.values(more.profile()));
          ReferenceValues values = more;
          if (known.isPresent()) {
            byte[] document = repository.content(open.trusted(), known.get());
            values = ReferenceValues.parse(document).or(more);
          }
          add(
              open,
              REFERENCE,
              NewTarget.of(ReferenceTargets.values(values.profile()), values.toJson()));
          return values;
        });
  }

  /**
   * Brings approvals of boot states to the devices of a profile.
   *
   * @param also whether those that are there already stay
   * @return all there are now, as the devices get them
   */
  public byte[] approvals(String profile, List<PcrApproval> more, boolean also)
      throws IOException, Refusal {
    String path = ReferenceTargets.approvals(profile);
    return repository.use(
        open -> {
          Set<PcrApproval> approvals = new LinkedHashSet<>();
          Optional<TargetFile> known = open.trusted().find(path);
          if (also && known.isPresent()) {
            byte[] earlier = repository.content(open.trusted(), known.get());
            approvals.addAll(PcrApproval.parse(earlier, path));
          }
          approvals.addAll(more);
          byte[] document = PcrApproval.write(List.copyOf(approvals));
          // Read back as devices will, so that what they would refuse is refused here.
          PcrApproval.parse(document, path);
          add(open, REFERENCE, NewTarget.of(path, document));
          return document;
        });
  }

  /** Signs what {@code role} says for another term. */
  public void refresh(RoleName role) throws IOException, Refusal {
    repository.use(
        open -> {
          open.renew(role);
          return role;
        });
  }

  private void publish(RoleName role, NewTarget document) throws IOException, Refusal {
    repository.use(open -> add(open, role, document));
  }

  private NewTarget add(Repository open, RoleName role, NewTarget document)
      throws IOException, Refusal {
    open.addTargets(role, List.of(document));
    return document;
  }
}
