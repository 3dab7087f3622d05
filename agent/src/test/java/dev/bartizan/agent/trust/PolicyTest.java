// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.UpdateTimes;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.documents.SignedDocuments;
import dev.bartizan.updater.documents.TrustedDocuments;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a device may do by the policy it has, by none, and by one that nobody can read. */
class PolicyTest {
  private final SignedDocuments fleet = new SignedDocuments();
  private final FakeDisk disk = new FakeDisk();
  private final ActiveAlarms alarms = new ActiveAlarms();

  private void publish(Set<String> models, boolean serveUnknown) throws Exception {
    DevicePolicy policy =
        new DevicePolicy(
            new CommandKeys(List.of()), models, true, serveUnknown, Set.of(), UpdateTimes.ANY);
    fleet.publish(DevicePolicy.TARGET, new String(policy.toJson(), StandardCharsets.UTF_8));
  }

  private TrustedDocuments refreshed() throws Exception {
    TrustedDocuments documents = fleet.device(disk);
    documents.refresh(List.of(DevicePolicy.TARGET));
    return documents;
  }

  private Policy renewed(TrustedDocuments documents) throws Exception {
    Policy policy = new Policy(documents, alarms);
    policy.renew();
    return policy;
  }

  @Test
  void aDeviceThatNeverHadAPolicyServesWhatIsGoodAndNothingUnknownAndObeysNobody()
      throws Exception {
    Policy policy = renewed(fleet.device(disk));
    assertTrue(policy.allowsServing(Verdict.GOOD));
    assertFalse(policy.allowsServing(Verdict.UNKNOWN));
    assertFalse(policy.allowsServing(Verdict.BAD));
    assertEquals(Optional.empty(), policy.commandKeys());
    assertFalse(policy.isMissing());
  }

  @Test
  void theMostLenientPolicyServesAnUnknownBootAndNeverABadOne() throws Exception {
    publish(Set.of("defect"), true);
    Policy policy = renewed(refreshed());
    assertTrue(policy.allowsServing(Verdict.UNKNOWN));
    assertFalse(policy.allowsServing(Verdict.BAD));
    assertEquals(Set.of("defect"), policy.models());
  }

  @Test
  void aNewPolicyHoldsOnceItIsRenewedAndNotBefore() throws Exception {
    publish(Set.of("defect"), true);
    TrustedDocuments documents = refreshed();
    Policy policy = renewed(documents);
    publish(Set.of("defect", "pump"), false);
    documents.refresh(List.of(DevicePolicy.TARGET));
    assertTrue(policy.allowsServing(Verdict.UNKNOWN));
    policy.renew();
    assertFalse(policy.allowsServing(Verdict.UNKNOWN));
    assertEquals(Set.of("defect", "pump"), policy.models());
  }

  @Test
  void aPolicyThatNobodyCanReadAllowsNothingAndIsToldUntilThereIsAnother() throws Exception {
    fleet.publish(DevicePolicy.TARGET, "{\"schema\":\"bartizan-policy/999\"}");
    TrustedDocuments documents = refreshed();
    Policy policy = renewed(documents);
    assertTrue(policy.isMissing());
    assertFalse(policy.allowsServing(Verdict.GOOD));
    assertEquals(Optional.empty(), policy.digest());
    assertTrue(alarms.all().containsKey("policy"), alarms.all().toString());

    publish(Set.of("defect"), false);
    documents.refresh(List.of(DevicePolicy.TARGET));
    policy.renew();
    assertTrue(policy.allowsServing(Verdict.GOOD));
    assertFalse(alarms.all().containsKey("policy"), alarms.all().toString());
  }

  @Test
  void whatIsMeantToServeIsKnownStillWhileThePolicyCannotBeRead() throws Exception {
    publish(Set.of("defect"), false);
    TrustedDocuments documents = refreshed();
    Policy policy = renewed(documents);
    fleet.publish(DevicePolicy.TARGET, "[]");
    documents.refresh(List.of(DevicePolicy.TARGET));
    policy.renew();
    assertEquals(Set.of("defect"), policy.models());
    assertFalse(policy.allowsServing(Verdict.GOOD));
  }
}
