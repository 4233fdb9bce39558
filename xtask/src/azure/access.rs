//! Who may do what: role assignments of Azure and of the directory.

use serde_json::{Value, json};

use super::{Tenant, directory::OwnerKind};

/// A principal as role assignments name it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Who<'a> {
    /// A service principal.
    Program(&'a str),
    /// A user.
    User(&'a str),
    /// A group.
    Group(&'a str),
}

impl<'a> Who<'a> {
    fn parts(self) -> (&'a str, &'static str) {
        match self {
            Self::Program(id) => (id, "ServicePrincipal"),
            Self::User(id) => (id, "User"),
            Self::Group(id) => (id, "Group"),
        }
    }
}

impl Tenant {
    /// Assigns a built-in role of Azure in a scope; the assignment's name.
    pub(crate) fn assign(
        &mut self,
        scope: &str,
        role: &str,
        who: Who<'_>,
        condition: Option<&str>,
    ) -> String {
        let (principal, kind) = who.parts();
        let name = self.guid(&format!("assignment {scope} {role} {principal}"));
        let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{role}");
        let made = self.stamp(150, &name);
        let mut properties = json!({
            "scope": scope, "roleDefinitionId": role, "principalId": principal, "principalType": kind,
            "condition": condition, "conditionVersion": condition.map(|_| "2.0"), "createdOn": made, "updatedOn": made,
        });
        let under = scope.trim_end_matches('/');
        let item = |id: String, kind: &str, properties: &Value| json!({"id": id, "name": name, "type": format!("Microsoft.Authorization/{kind}"), "properties": properties});
        let id = |kind: &str| format!("{under}/providers/Microsoft.Authorization/{kind}/{name}");
        self.put("arm/roleAssignments.json", item(id("roleAssignments"), "roleAssignments", &properties));
        // Every assignment that counts is an active instance as well.
        properties["originRoleAssignmentId"] = json!(id("roleAssignments"));
        properties["assignmentType"] = json!("Assigned");
        properties["memberType"] = json!("Direct");
        properties["status"] = json!("Provisioned");
        let instances = "roleAssignmentScheduleInstances";
        self.put("arm/roleAssignmentScheduleInstances.json", item(id(instances), instances, &properties));
        name
    }

    /// Makes a principal eligible for a built-in role of Azure for so many days from the clock.
    pub(crate) fn eligible(&mut self, scope: &str, role: &str, who: Who<'_>, days: u32) {
        let (principal, kind) = who.parts();
        let name = self.guid(&format!("eligible {scope} {role} {principal}"));
        let kind_of = "roleEligibilityScheduleInstances";
        let item = json!({
            "id": format!("{}/providers/Microsoft.Authorization/{kind_of}/{name}", scope.trim_end_matches('/')),
            "name": name, "type": format!("Microsoft.Authorization/{kind_of}"),
            "properties": {"scope": scope, "principalId": principal, "principalType": kind,
                "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{role}"),
                "memberType": "Direct", "status": "Provisioned",
                "startDateTime": self.stamp(30, &name), "endDateTime": self.ahead(days)},
        });
        self.put("arm/roleEligibilityScheduleInstances.json", item);
    }

    /// Denies everybody but one principal some actions in a scope, as a managed application does.
    pub(crate) fn deny(&mut self, scope: &str, name: &str, actions: &[&str], but: &str) {
        let id = self.guid(&format!("deny {scope} {name}"));
        let (path, made) = ("Microsoft.Authorization/denyAssignments", self.stamp(100, &id));
        let item = json!({
            "id": format!("{scope}/providers/{path}/{id}"), "name": id, "type": path,
            "properties": {"denyAssignmentName": name, "scope": scope, "doNotApplyToChildScopes": false,
                "permissions": [{"actions": actions, "notActions": [], "dataActions": [], "notDataActions": []}],
                "principals": [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}],
                "excludePrincipals": [{"id": but, "type": "ServicePrincipal"}], "isSystemProtected": true,
                "createdOn": made, "updatedOn": made},
        });
        self.put("arm/denyAssignments.json", item);
    }

    /// Assigns a role of the directory, everywhere.
    pub(crate) fn directory_role(&mut self, role: &str, who: Who<'_>) {
        let (principal, _) = who.parts();
        let id = self.guid(&format!("directory {role} {principal}"));
        let mut item =
            json!({"id": id, "principalId": principal, "roleDefinitionId": role, "directoryScopeId": "/"});
        self.put("graph/roleAssignments.json", item.clone());
        item["assignmentType"] = json!("Assigned");
        item["memberType"] = json!("Direct");
        item["roleAssignmentOriginId"] = json!(id);
        self.put("graph/roleAssignmentScheduleInstances.json", item);
    }

    /// Makes a principal eligible for a role of the directory for so many days from the clock.
    pub(crate) fn directory_eligible(&mut self, role: &str, who: Who<'_>, days: u32) {
        let (principal, _) = who.parts();
        let id = self.guid(&format!("directory eligible {role} {principal}"));
        let item = json!({"id": id, "principalId": principal, "roleDefinitionId": role, "directoryScopeId": "/",
                          "memberType": "Direct", "startDateTime": self.stamp(30, &id), "endDateTime": self.ahead(days)});
        self.put("graph/roleEligibilityScheduleInstances.json", item);
    }

    /// Makes somebody eligible to be in a group.
    pub(crate) fn eligible_member(&mut self, group: &str, user: &str, days: u32) {
        let id = self.guid(&format!("eligible member {group} {user}"));
        let item = json!({"id": id, "groupId": group, "principalId": user, "accessId": "member", "memberType": "direct",
                          "startDateTime": self.stamp(30, &id), "endDateTime": self.ahead(days)});
        self.put("graph/groupEligibilityScheduleInstances.json", item);
    }

    /// What every user of the tenant may do.
    pub(crate) fn policies(&mut self, consent: &[&str]) {
        self.put(
            "graph/authorizationPolicy.json",
            json!({"id": "authorizationPolicy", "displayName": "Authorization Policy", "allowInvitesFrom": "adminsAndGuestInviters",
                   "defaultUserRolePermissions": {"allowedToCreateApps": true, "allowedToCreateSecurityGroups": true,
                       "allowedToReadOtherUsers": true, "permissionGrantPoliciesAssigned": consent}}),
        );
        self.put(
            "graph/defaultAppManagementPolicy.json",
            json!({"id": "00000000-0000-0000-0000-000000000000", "displayName": "Default app management tenant policy", "isEnabled": false,
                   "applicationRestrictions": {"passwordCredentials": [], "keyCredentials": []},
                   "servicePrincipalRestrictions": {"passwordCredentials": [], "keyCredentials": []}}),
        );
        self.put(
            "graph/permissionGrantPolicies.json",
            json!({"id": "microsoft-user-default-low", "displayName": "Default User Low Risk Policy"}),
        );
    }
}

/// The owner of what a person made.
pub(crate) fn person(id: &str) -> (&str, OwnerKind) {
    (id, OwnerKind::User)
}
